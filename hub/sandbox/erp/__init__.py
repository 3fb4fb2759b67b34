"""A supplier ERP over REST to try the hub against: `python -m hub.sandbox.erp`. See mappings/erp.openapi.yaml."""
