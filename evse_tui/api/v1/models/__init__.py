"""What travels over `/api/v1`, once: these types validate requests and make the OpenAPI document."""
