"""The language in which pallets are declared. Everything a client sees is derived from the declarations."""
