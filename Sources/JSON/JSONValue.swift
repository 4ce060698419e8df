// Signatures agreed between the rooms; see the reader and the writer.
