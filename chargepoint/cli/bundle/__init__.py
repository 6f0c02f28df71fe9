"""What ``chargepoint support-bundle`` puts together.

masking     nothing secret leaves
parts       what is in it
archive     the file
"""
