package app

import "kompeten/internal/demo"

// World is the sample installation of a demonstration.
type World = demo.World
