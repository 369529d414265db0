"""Readers: text of a language to `RawResource`s; one mapping table makes components of them."""
