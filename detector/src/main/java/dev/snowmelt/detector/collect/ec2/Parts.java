package dev.snowmelt.detector.collect.ec2;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Cuts what is asked for into what one call may ask for.
final class Parts {
    private Parts() {}

    /// In order; no part is empty.
    static <T> List<List<T>> of(Collection<T> all, int most) {
        List<T> list = List.copyOf(all);
        var parts = new ArrayList<List<T>>();
        for (int from = 0; from < list.size(); from += most) {
            parts.add(list.subList(from, Math.min(list.size(), from + most)));
        }
        return parts;
    }
}
