"""A running site seen from elsewhere: a client of `/api/v1` that implements SiteView."""
