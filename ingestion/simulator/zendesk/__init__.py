"""The simulated Zendesk Support account."""
