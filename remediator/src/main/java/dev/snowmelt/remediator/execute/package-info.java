/// Executors: carry out the planner's commands, each after a last look at the live object, and say what became of it.
/// Ports are named by role; what a platform does stands in a package of its own.
@NullMarked
package dev.snowmelt.remediator.execute;

import org.jspecify.annotations.NullMarked;
