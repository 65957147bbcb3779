package dev.snowmelt.remediator.execute;

import dev.snowmelt.remediator.execute.Followed.Word;
import dev.snowmelt.schemas.id.WorkloadId;
import dev.snowmelt.v1.Declaration;

/// Declarations, as the follower of their topic knows them.
record DeclarationFollower(Follower<WorkloadId, Declaration> follower) implements Declarations {
    @Override
    public Newest newest(WorkloadId workload) {
        return follower.<Newest>ask(
                workload,
                words -> switch (words.get(workload)) {
                    case null -> new Newest.Known(null);
                    case Word.Said<Declaration>(var declaration) -> new Newest.Known(declaration);
                    case Word.Unreadable<Declaration>(var why) ->
                        new Newest.Unknown("its newest declaration cannot be read: " + why);
                },
                Newest.Unknown::new);
    }
}
