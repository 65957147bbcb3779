package dev.snowmelt.sources.packer;

/// One entry of `builds` in Packer's manifest. A build has several when the post-processor runs
/// several times.
///
/// @param place file and index
/// @param name the build's name
/// @param builderType for example `amazon-ebs`
/// @param artifact what it made
/// @param run id of the run that made it
/// @param baselineRoot `custom_data.baseline_root`; empty: not said
record Build(String place, String name, String builderType, Artifact artifact, String run, String baselineRoot) {}
