/// Collectors: what looks at a platform and writes observations.
///
/// A record's way, from the top: a [Collector] waits until its [Leadership] makes it the target's
/// active one, and then runs one session after another. A session asks its [Platform] to begin,
/// takes a snapshot (BEGIN on every partition, the [Platform.Lookout]'s list, END when all of it is
/// acknowledged), says in `collectors` how it is, and waits for a reason to take the next: resync,
/// confirmation of a snapshot that was not believed ([Believability]), a scan ([PendingScans],
/// asked through [ScanFollower]), or a platform that lost its place. Meanwhile the platform tells
/// what changes. Everything is written by one [Publisher], under the leadership's epoch.
///
/// What a platform brings: [Platform] and its lookout, [LookException], a factory of its collector,
/// and a leadership if it has a better one than [GroupLeadership]. What goes wrong it reports to
/// [Problems]; it never logs what it throws.
@NullMarked
package dev.snowmelt.detector.collect;

import org.jspecify.annotations.NullMarked;
