package main

import (
	"context"
	"fmt"

	"kompeten/internal/app"
)

type recountCmd struct{ app.Config }

// Run counts every certificate anew.
func (c recountCmd) Run(ctx context.Context) error {
	a, err := open(ctx, c.Config)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	wrong, err := a.Register.Recount(ctx, setup)
	if err != nil {
		return err
	}
	if wrong > 0 {
		fmt.Printf("%d counts were wrong; they are right now\n", wrong)
		return errNo
	}
	fmt.Println("every count was right")
	return nil
}
