package dev.snowmelt.remediator.execute;

import dev.snowmelt.schemas.id.InstanceId;
import dev.snowmelt.schemas.id.WorkloadId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// A platform in memory: what lives, what was terminated, and replies that a test prepares.
final class InMemoryPlatform implements Instances, Terminator, Templates, TemplateRestorer {
    private final Map<InstanceId, LiveInstance> living = new HashMap<>();
    private final List<Reply> prepared = new ArrayList<>();
    private final List<InstanceId> terminated = new CopyOnWriteArrayList<>();
    private final List<List<ImageChange>> restored = new CopyOnWriteArrayList<>();
    private Optional<LiveTemplate> template = Optional.empty();
    private Runnable uponLook = () -> {};
    private Runnable betweenCalls = () -> {};
    private int looks;

    Platform platform() {
        return new Platform(this, this, this, this);
    }

    synchronized void lives(InstanceId instance, LiveInstance live) {
        living.put(instance, live);
    }

    synchronized void template(LiveTemplate live) {
        template = Optional.of(live);
    }

    /// The next calls get these replies and have no effect; after them calls are accepted.
    synchronized void willReply(Reply... replies) {
        prepared.addAll(List.of(replies));
    }

    synchronized void uponLook(Runnable action) {
        uponLook = action;
    }

    /// Happens during a restore, before its last call.
    synchronized void betweenCalls(Runnable action) {
        betweenCalls = action;
    }

    List<InstanceId> terminated() {
        return terminated;
    }

    List<List<ImageChange>> restored() {
        return restored;
    }

    synchronized int looks() {
        return looks;
    }

    @Override
    public synchronized Sighting<LiveInstance> look(InstanceId instance) {
        looks++;
        uponLook.run();
        LiveInstance live = living.get(instance);
        return live == null ? new Sighting.Gone<>("is not there any more") : new Sighting.Seen<>(live);
    }

    @Override
    public synchronized Reply terminate(InstanceId instance, LiveInstance seen) {
        if (!prepared.isEmpty()) {
            return prepared.removeFirst();
        }
        if (living.remove(instance) == null) {
            return new Reply.Gone("is not there any more");
        }
        terminated.add(instance);
        return new Reply.Accepted("terminated");
    }

    @Override
    public synchronized Sighting<LiveTemplate> look(WorkloadId workload) {
        looks++;
        uponLook.run();
        return template.<Sighting<LiveTemplate>>map(Sighting.Seen::new)
                .orElseGet(() -> new Sighting.Gone<>("is not there any more"));
    }

    @Override
    public synchronized Reply restore(
            Order.Restore order, LiveTemplate seen, List<ImageChange> changes, Permit permit) {
        if (!prepared.isEmpty()) {
            return prepared.removeFirst();
        }
        betweenCalls.run();
        Optional<Reply> objection = permit.objection();
        if (objection.isPresent()) {
            return objection.get();
        }
        restored.add(changes);
        return new Reply.Accepted("restored");
    }
}
