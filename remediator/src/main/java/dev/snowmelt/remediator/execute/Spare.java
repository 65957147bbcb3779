package dev.snowmelt.remediator.execute;

import dev.snowmelt.v1.ImageFacet;

/// An instance that was made in advance and stands by: the platform may bring it into service as a
/// replacement, instead of making one from the template.
///
/// @param name for people, with where it stands by
/// @param image what it runs
/// @param remedy what a person can do when it is not what is declared
public record Spare(String name, ImageFacet image, String remedy) {}
