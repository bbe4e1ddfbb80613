// Package document makes the papers of certification: certificates, letters of assignment, minutes, decrees, lists
// to sign, letters of invitation, records of assessments. Each is a struct of plain values that becomes a Layout,
// pages with what stands where, and the layout becomes a PDF. Nothing here asks a clock or a database: the same
// values give the same bytes, so a certificate can be made again years later and compared.
package document
