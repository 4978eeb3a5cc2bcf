"""How Headrace asks AI models: providers, calls as stored steps, and the ledger of what they used."""
