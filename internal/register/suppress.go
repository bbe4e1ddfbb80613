package register

import (
	"cmp"
	"maps"
	"slices"
)

// Least is the smallest number that is published.
const Least = 5

// Others stands for the categories that are too small to be shown one by one.
const Others = "others"

// Axis is the categories of one kind with their numbers: those that are shown, and all others together. Which the
// others are, and how many, is not told.
type Axis struct {
	Shown  map[string]int64
	Others int64
}

// axis decides which categories are shown: none below five. If any is left out, the smallest of the others are left
// out with it, until what is left out is at least two categories, at least five certificates, and more certificates
// than categories, so that none of its numbers follows from their sum.
func axis(n map[string]int64) Axis {
	order := slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(cmp.Compare(n[a], n[b]), cmp.Compare(a, b)) })
	a := Axis{Shown: map[string]int64{}}
	hidden := int64(0)
	for _, c := range order {
		if n[c] <= 0 {
			continue
		}
		if n[c] < Least || hidden == 1 || hidden > 0 && (a.Others < Least || a.Others <= hidden) {
			a.Others += n[c]
			hidden++
			continue
		}
		a.Shown[c] = n[c]
	}
	return a
}

// Sum is the number of all certificates.
func (a Axis) Sum() int64 {
	sum := a.Others
	for _, n := range a.Shown {
		sum += n
	}
	return sum
}

// at is under which name a category stands in crossed tables.
func (a Axis) at(category string) string {
	if _, ok := a.Shown[category]; ok {
		return category
	}
	return Others
}

// names are the categories as rows or columns of a crossed table, in order, the others last.
func (a Axis) names() []string {
	out := slices.Sorted(maps.Keys(a.Shown))
	if a.Others > 0 {
		out = append(out, Others)
	}
	return out
}

// Cross is a table of two axes. A hidden cell may hold any number, zero included; one that is not there is zero.
type Cross struct {
	Rows, Columns []string
	n             []int64
	hidden        []bool
}

// At is a cell: its number, or that it is hidden.
func (x *Cross) At(row, column int) (n int64, hidden bool) {
	i := row*len(x.Columns) + column
	if x.hidden[i] {
		return 0, true
	}
	return x.n[i], false
}

// cross makes a table and hides what has to be hidden. Sums of rows and columns are the numbers of the axes, which are
// published; so every hidden cell has to stand on a corner of a rectangle of hidden cells along which certificates can
// be moved without changing any sum: up on the cell and on the one across, down on the other two.
func cross(rows, columns Axis, n map[[2]string]int64) *Cross {
	x := &Cross{Rows: rows.names(), Columns: columns.names()}
	x.n, x.hidden = make([]int64, len(x.Rows)*len(x.Columns)), make([]bool, len(x.Rows)*len(x.Columns))
	row, column := index(x.Rows), index(x.Columns)
	for k, v := range n {
		x.n[row[rows.at(k[0])]*len(x.Columns)+column[columns.at(k[1])]] += v
	}
	x.hide()
	return x
}

func index(names []string) map[string]int {
	out := make(map[string]int, len(names))
	for i, name := range names {
		out[name] = i
	}
	return out
}

// looked is how many partners are tried in each direction for a rectangle.
const looked = 12

func (x *Cross) hide() {
	var small []int
	for i, v := range x.n {
		if v > 0 && v < Least {
			x.hidden[i] = true
			small = append(small, i)
		}
	}
	if len(small) == 0 {
		return
	}
	inRow, inColumn := x.partners()
	safe := make([]bool, len(x.n))
	w := len(x.Columns)
	for _, i := range small {
		if safe[i] {
			continue
		}
		best, price := [3]int{}, int64(-1)
		for _, side := range inRow[i/w] {
			for _, below := range inColumn[i%w] {
				if side == i || below == i {
					continue
				}
				across := below/w*w + side%w
				p := x.price(side) + x.price(below) + x.price(across)
				if price < 0 || p < price {
					best, price = [3]int{side, below, across}, p
				}
			}
		}
		safe[i] = true
		for _, c := range best {
			x.hidden[c], safe[c] = true, true
		}
	}
}

// price is what hiding a cell takes from the reader.
func (x *Cross) price(i int) int64 {
	if x.hidden[i] {
		return 0
	}
	return x.n[i] + 1
}

// partners are the smallest cells of each row and of each column that are not empty. A row that has a cell below five
// has another, since its sum is five or more; so has a column.
func (x *Cross) partners() (inRow, inColumn [][]int) {
	inRow, inColumn = make([][]int, len(x.Rows)), make([][]int, len(x.Columns))
	for i, v := range x.n {
		if v > 0 {
			r, c := i/len(x.Columns), i%len(x.Columns)
			inRow[r], inColumn[c] = append(inRow[r], i), append(inColumn[c], i)
		}
	}
	for _, side := range [][][]int{inRow, inColumn} {
		for k, list := range side {
			slices.SortFunc(list, func(a, b int) int { return cmp.Or(cmp.Compare(x.n[a], x.n[b]), cmp.Compare(a, b)) })
			side[k] = list[:min(len(list), looked)]
		}
	}
	return inRow, inColumn
}
