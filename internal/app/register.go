package app

import (
	"context"

	"kompeten/internal/register"
)

// Figures are the public figures as they are now.
func (p public) Figures(ctx context.Context, sample bool) (register.Figures, error) {
	return p.a.Register.Figures(ctx, sample)
}

// Tables are the figures with the crossed tables.
func (p public) Tables(ctx context.Context, sample bool) (*register.Tables, error) {
	return p.a.Register.Tables(ctx, sample)
}

// People are those of the directory.
func (p public) People(ctx context.Context, q register.Search) ([]register.Entry, error) {
	return p.a.Register.People(ctx, q)
}

// Businesses are those of the directory.
func (p public) Businesses(ctx context.Context, q register.Search) ([]register.Shop, error) {
	return p.a.Register.Businesses(ctx, q)
}

// Business is one business of the directory.
func (p public) Business(ctx context.Context, id register.BusinessID, sample bool) (register.Shop, error) {
	return p.a.Register.Business(ctx, id, sample)
}

// Choices are what the directory can be narrowed by.
func (p public) Choices(ctx context.Context, sample bool) (schemes, regencies []register.Choice, err error) {
	return p.a.Register.Choices(ctx, sample)
}

// Base is the address of the installation.
func (p public) Base() string { return p.a.Issuers.Base() }
