/// A real image registry as a child process, and images to push to it.
@NullMarked
package dev.snowmelt.sandbox.registry;

import org.jspecify.annotations.NullMarked;
