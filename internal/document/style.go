package document

// Ink is a colour in red, green, blue.
type Ink [3]uint8

// The inks of the house: navy for words, gold for ornament, grey for what is said quietly.
var (
	Black = Ink{0x14, 0x1A, 0x22}
	Navy  = Ink{0x14, 0x2F, 0x4F}
	Gold  = Ink{0xA0, 0x76, 0x2B}
	Grey  = Ink{0x5B, 0x64, 0x70}
	Rule  = Ink{0xC4, 0xCB, 0xD3}
	Shade = Ink{0xF1, 0xF4, 0xF7}
	White = Ink{0xFF, 0xFF, 0xFF}
	Alarm = Ink{0xA8, 0x2A, 0x2A}
	Faint = Ink{0xF3, 0xE4, 0xE1}
)

// Style is how a text is set. Size is in points, Lead is the distance of lines as a multiple of the size, Track
// widens letters by thousandths of the size. Caps prints capitals, the former small letters smaller.
type Style struct {
	Face  Face
	Size  float64
	Lead  float64
	Track float64
	Ink   Ink
	Caps  bool
}

// StyleName names a Style in the table below.
type StyleName string

var styles = map[StyleName]Style{
	// certificates
	"authority":     {Face: SerifBold, Size: 15, Lead: 1.2, Track: 90, Ink: Navy, Caps: true},
	"authority.en":  {Face: SerifItalic, Size: 12, Lead: 1.2, Track: 15, Ink: Navy},
	"title":         {Face: Display, Size: 37, Lead: 1.1, Track: 70, Ink: Navy, Caps: true},
	"title.en":      {Face: SerifItalic, Size: 17, Lead: 1.2, Track: 20, Ink: Gold},
	"number":        {Face: Serif, Size: 13, Lead: 1.3, Track: 40, Ink: Black},
	"statement":     {Face: Serif, Size: 12.5, Lead: 1.3, Ink: Black},
	"statement.en":  {Face: SerifItalic, Size: 11, Lead: 1.3, Ink: Grey},
	"holder":        {Face: Display, Size: 36, Lead: 1.12, Track: 5, Ink: Navy},
	"subject":       {Face: SerifBold, Size: 17, Lead: 1.18, Ink: Navy},
	"subject.en":    {Face: SerifItalic, Size: 13, Lead: 1.2, Ink: Navy},
	"cert.small":    {Face: Serif, Size: 10.5, Lead: 1.3, Ink: Black},
	"cert.small.en": {Face: SerifItalic, Size: 10, Lead: 1.25, Ink: Grey},
	"cert.org":      {Face: SerifBold, Size: 12, Lead: 1.22, Ink: Navy},
	"cert.signer":   {Face: SerifBold, Size: 12, Lead: 1.25, Ink: Black},
	"cert.tiny":     {Face: Sans, Size: 6.6, Lead: 1.35, Track: 10, Ink: Grey},
	"cert.code":     {Face: SansBold, Size: 8.5, Lead: 1.3, Track: 80, Ink: Navy},
	"annex.title":   {Face: SerifBold, Size: 19, Lead: 1.2, Track: 60, Ink: Navy, Caps: true},
	"annex.head":    {Face: SansBold, Size: 7.6, Lead: 1.3, Track: 10, Ink: White},
	"annex.code":    {Face: Sans, Size: 8.2, Lead: 1.35, Ink: Black},
	"annex.unit":    {Face: Serif, Size: 11, Lead: 1.2, Ink: Black},
	"annex.unit.en": {Face: SerifItalic, Size: 10, Lead: 1.2, Ink: Grey},
	"sample":        {Face: SansBold, Size: 40, Lead: 1.2, Track: 140, Ink: Faint},
	"sample.label":  {Face: SansBold, Size: 7, Lead: 1.3, Track: 120, Ink: Alarm},
	"emblem":        {Face: Sans, Size: 5.4, Lead: 1.3, Ink: Grey},
	// letters, minutes, decrees
	"letterhead":     {Face: SerifBold, Size: 16, Lead: 1.15, Track: 30, Ink: Navy, Caps: true},
	"letterhead.sub": {Face: Sans, Size: 8, Lead: 1.4, Ink: Grey},
	"heading":        {Face: SerifBold, Size: 15, Lead: 1.25, Track: 50, Ink: Black, Caps: true},
	"subheading":     {Face: SerifBold, Size: 12.5, Lead: 1.3, Ink: Black},
	"body":           {Face: Serif, Size: 11.8, Lead: 1.34, Ink: Black},
	"body.bold":      {Face: SerifBold, Size: 11.8, Lead: 1.34, Ink: Black},
	"body.italic":    {Face: SerifItalic, Size: 11.8, Lead: 1.34, Ink: Black},
	"cell":           {Face: Sans, Size: 8.3, Lead: 1.36, Ink: Black},
	"cell.bold":      {Face: SansBold, Size: 8.3, Lead: 1.36, Ink: Black},
	"cell.italic":    {Face: SansItalic, Size: 7.8, Lead: 1.36, Ink: Grey},
	"cell.head":      {Face: SansBold, Size: 7.6, Lead: 1.32, Ink: Navy},
	"foot":           {Face: Sans, Size: 7, Lead: 1.4, Ink: Grey},
	// invitation: large and plain
	"plain.title": {Face: SansBold, Size: 23, Lead: 1.25, Ink: Navy},
	"plain":       {Face: Sans, Size: 15, Lead: 1.45, Ink: Black},
	"plain.bold":  {Face: SansBold, Size: 15, Lead: 1.45, Ink: Black},
	"plain.step":  {Face: SansBold, Size: 16, Lead: 1.3, Ink: Navy},
	"plain.link":  {Face: SansBold, Size: 13, Lead: 1.35, Ink: Navy},
	"plain.small": {Face: Sans, Size: 10.5, Lead: 1.5, Ink: Grey},
}

// style is the named style, with another size when one is given.
func style(name StyleName, size float64) Style {
	s, ok := styles[name]
	if !ok {
		panic("document style " + string(name)) // our own table
	}
	if size > 0 {
		s.Size = size
	}
	return s
}

const mmPerPoint = 25.4 / 72

// step is the distance between base lines in millimetres.
func (s Style) step() float64 { return s.Size * s.Lead * mmPerPoint }
