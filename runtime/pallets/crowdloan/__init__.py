"""Crowdloans: many accounts pay for one thing."""
