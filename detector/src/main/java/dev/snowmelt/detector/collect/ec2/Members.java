package dev.snowmelt.detector.collect.ec2;

import dev.snowmelt.fingerprint.ec2.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which instances are known, and what their groups say of them, in 16 to 32 bytes each: a number
/// for the instance's id, and the place in a short list of what is said. Not thread-safe.
///
/// Ids that EC2 gives out are hexadecimal numbers of 8 or 17 digits, the first of the long ones 0
/// so far; a number of 64 bits tells them apart.
final class Members {
    private static final int STANDALONE = 0;
    private static final int NONE = -1;

    private long[] ids = new long[64];
    private int[] places = filled(64);
    private int size;
    private final List<@Nullable Member> said = new ArrayList<>();
    private final Map<Member, Integer> placeOf = new HashMap<>();

    Members() {
        said.add(null);
    }

    /// An instance is there.
    ///
    /// @param member null: no group's
    void put(String instance, @Nullable Member member) {
        if (4 * (size + 1) > 3 * ids.length) {
            grow();
        }
        long id = number(instance);
        int at = find(id);
        if (places[at] == NONE) {
            size++;
        }
        ids[at] = id;
        places[at] = member == null ? STANDALONE : place(member);
    }

    boolean knows(String instance) {
        return places[find(number(instance))] != NONE;
    }

    /// What its group says of it; null: it is standalone, or not known.
    @Nullable Member of(String instance) {
        int place = places[find(number(instance))];
        return place == NONE ? null : said.get(place);
    }

    int size() {
        return size;
    }

    private int place(Member member) {
        Integer known = placeOf.get(member);
        if (known != null) {
            return known;
        }
        said.add(member);
        placeOf.put(member, said.size() - 1);
        return said.size() - 1;
    }

    private int find(long id) {
        int mask = ids.length - 1;
        int at = Long.hashCode(id * 0x9E3779B97F4A7C15L) & mask;
        while (places[at] != NONE && ids[at] != id) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        long[] oldIds = ids;
        int[] oldPlaces = places;
        ids = new long[2 * oldIds.length];
        places = filled(ids.length);
        for (int i = 0; i < oldIds.length; i++) {
            if (oldPlaces[i] != NONE) {
                int at = find(oldIds[i]);
                ids[at] = oldIds[i];
                places[at] = oldPlaces[i];
            }
        }
    }

    private static int[] filled(int length) {
        int[] places = new int[length];
        Arrays.fill(places, NONE);
        return places;
    }

    private static long number(String instance) {
        long number = instance.length();
        for (int i = 2; i < instance.length(); i++) {
            int digit = Character.digit(instance.charAt(i), 16);
            number = digit >= 0 ? Long.rotateLeft(number, 4) ^ digit : 31 * number + instance.charAt(i);
        }
        return number;
    }
}
