"""The HTTP windows on a site: SmartEVSE-compatible REST, the modern API, the status page, health."""
