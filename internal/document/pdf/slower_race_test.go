//go:build race

package pdf

// slower is how much the race detector slows reading down.
const slower = 15
