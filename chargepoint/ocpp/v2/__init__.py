"""What all 2.x versions share: codecs by functional block. A version's own package puts them together."""
