"""What vendors say to each other beside the standard (OCPP 2.0.1 P01, P02; 1.6 §4.3, §5.6): a registry, and one room for each vendor."""
