"""The world behind the simulated vendors: people, orders, contacts. It knows no wire format and no KPI."""
