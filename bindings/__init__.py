"""The shipped bindings: one YAML file for each portal, with the WSDLs that it names. docs/bindings.md explains them."""
