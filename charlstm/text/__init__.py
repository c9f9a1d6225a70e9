"""From bytes to character ids: reading files, normal forms, vocabulary, corpus, streams."""
