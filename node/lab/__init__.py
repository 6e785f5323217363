"""The economics lab: experiments that run the chain's own rules for years, and what is written and drawn of them."""
