"""The HTTP windows on a site: SmartEVSE-compatible REST, an overview page, health."""
