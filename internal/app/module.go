package app

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"kompeten/internal/issuer"
)

// openModule lets signing keys be made in a hardware module from now on, if the settings name one.
func (a *App) openModule() error {
	if a.Config.HSMModule == "" {
		return nil
	}
	if a.Config.HSMToken == "" {
		return errors.New("--hsm-module without --hsm-token: say in which token the keys are kept")
	}
	pin := os.Getenv("KOMPETEN_HSM_PIN")
	if file := a.Config.HSMPinFile; file != "" {
		b, err := os.ReadFile(file) // #nosec G304 -- the file the operator named
		if err != nil {
			return fmt.Errorf("PIN of the hardware module: %w", err)
		}
		pin, _, _ = strings.Cut(string(b), "\n")
	}
	if pin = strings.TrimSpace(pin); pin == "" {
		return errors.New("no PIN for the hardware module: give --hsm-pin-file or set KOMPETEN_HSM_PIN")
	}
	module, err := issuer.OpenModule(a.Config.HSMModule, a.Config.HSMToken, pin)
	if err != nil {
		return err
	}
	a.Issuers.InModule(module)
	return nil
}
