// Package money is whole rupiah. There are no fractions, so sums are exact.
package money

// Rupiah is an amount in whole rupiah.
type Rupiah int64

// Times is the amount for n people or things.
func (r Rupiah) Times(n int) Rupiah { return r * Rupiah(n) }
