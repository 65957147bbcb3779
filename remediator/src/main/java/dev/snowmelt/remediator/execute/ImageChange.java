package dev.snowmelt.remediator.execute;

import dev.snowmelt.v1.ObservedContainer;

/// One container of a template whose image is put back.
///
/// @param type APP, INIT or AMI
/// @param container its name
/// @param from the image that the template names now
/// @param to the declared image, pinned, or AMI id
public record ImageChange(ObservedContainer.Type type, String container, String from, String to) {
    @Override
    public String toString() {
        return container + ": " + from + " -> " + to;
    }
}
