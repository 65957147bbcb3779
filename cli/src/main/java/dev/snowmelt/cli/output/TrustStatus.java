package dev.snowmelt.cli.output;

import dev.snowmelt.schemas.trust.TrustedKeys;
import dev.snowmelt.v1.Declaration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Whether signatures are checked, as far as it shows here: by the configuration of this command,
/// and by what the declarations in force say.
///
/// @param topic where proposals are written
/// @param keys ids of the keys that are configured here; empty: none
/// @param unreadable what is wrong with the files of the keys; empty: nothing
/// @param declarations how many are in force
/// @param unsigned how many of them carry no signature
/// @param otherKeys how many of them were signed by a key that is not among `keys`; 0 without keys
public record TrustStatus(
        String topic, List<String> keys, List<String> unreadable, int declarations, int unsigned, int otherKeys) {
    /// Keeps copies.
    public TrustStatus {
        keys = List.copyOf(keys);
        unreadable = List.copyOf(unreadable);
    }

    /// Looks at the newest revision of each declaration.
    public static TrustStatus of(String topic, TrustedKeys.Loaded trusted, Collection<Declaration> declarations) {
        int unsigned = 0;
        int otherKeys = 0;
        int count = 0;
        for (Declaration declaration : declarations) {
            if (declaration.getRevisionsCount() == 0) {
                continue;
            }
            count++;
            String by = declaration.getRevisions(0).getSignedBy();
            if (by.isEmpty()) {
                unsigned++;
            } else if (!trusted.keys().isEmpty() && !trusted.keys().ids().contains(by)) {
                otherKeys++;
            }
        }
        return new TrustStatus(
                topic,
                List.copyOf(trusted.keys().ids()),
                trusted.problems().stream()
                        .map(problem -> problem.getPath() + ": " + problem.getMessage())
                        .toList(),
                count,
                unsigned,
                otherKeys);
    }

    /// For people; at least one line.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        boolean configured = !keys.isEmpty() || !unreadable.isEmpty();
        if (configured) {
            lines.add("trust: signed (" + keys.size() + (keys.size() == 1 ? " key)" : " keys)"));
        } else if (declarations > unsigned) {
            lines.add("trust: signed, as the declarations show; 'trust.keys' is not configured here");
        } else {
            lines.add("trust: unsigned — whoever may write to " + topic + " may declare; see 'trust.keys'");
        }
        unreadable.forEach(each -> lines.add("  trust.keys: " + each));
        if (unsigned > 0) {
            lines.add("  " + unsigned + " of " + declarations + " declarations carry no signature");
        }
        if (configured && otherKeys > 0) {
            lines.add("  " + otherKeys + " of " + declarations
                    + " declarations were signed by keys that are not trusted");
        }
        return lines;
    }

    ObjectNode tree() {
        ObjectNode tree = Results.object();
        tree.put("mode", keys.isEmpty() && unreadable.isEmpty() && declarations == unsigned ? "unsigned" : "signed");
        var ids = tree.putArray("keys");
        keys.forEach(ids::add);
        var problems = tree.putArray("unreadable");
        unreadable.forEach(problems::add);
        return tree.put("declarations", declarations)
                .put("unsignedDeclarations", unsigned)
                .put("declarationsOfOtherKeys", otherKeys);
    }
}
