package dev.snowmelt.detector.topology;

/// An image facet: what is its own, and what it has in common with its like.
///
/// @param bytes its own
/// @param makeup of the same workload
record SeenImage(ImageBytes bytes, Makeup makeup) {}
