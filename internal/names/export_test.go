package names

// Limits makes a search look through less at a time until restore is called.
func Limits(few, most int) (restore func()) {
	common, reach = few, most
	return func() { common, reach = Common, Reach }
}
