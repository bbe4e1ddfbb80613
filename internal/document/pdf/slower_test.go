//go:build !race

package pdf

// slower is how much the tests' own watching slows them down.
const slower = 1
