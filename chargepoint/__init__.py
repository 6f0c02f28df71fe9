"""The software on the controller board inside an EV charging station."""
