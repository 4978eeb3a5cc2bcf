"""The apps that come with Headrace."""
