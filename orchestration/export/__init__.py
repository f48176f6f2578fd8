"""Any published table as a CSV file that says what it is: units in the header, instant, filters and KPI versions."""
