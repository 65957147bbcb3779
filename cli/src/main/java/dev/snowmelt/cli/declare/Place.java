package dev.snowmelt.cli.declare;

/// Where a declaration was written.
///
/// @param file a file's path, or `standard input`
/// @param document counts from 1; 0: the file holds only one
record Place(String file, int document) {
    /// Something that is not set apart into documents.
    static Place of(String file) {
        return new Place(file, 0);
    }

    @Override
    public String toString() {
        return document == 0 ? file : file + " document " + document;
    }
}
