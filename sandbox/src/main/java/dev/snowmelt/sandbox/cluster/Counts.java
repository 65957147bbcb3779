package dev.snowmelt.sandbox.cluster;

import tools.jackson.databind.node.ObjectNode;

/// Status counts: the API leaves most of them out when they are zero.
final class Counts {

    private Counts() {}

    static void put(ObjectNode status, String name, long count) {
        if (count == 0) {
            status.remove(name);
        } else {
            status.put(name, (int) count);
        }
    }
}
