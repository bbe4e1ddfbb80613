//go:build !pkcs11

package app_test

import (
	"context"
	"strings"
	"testing"

	"kompeten/internal/app"
)

func TestSettingsOfAHardwareModuleThatCannotWorkSayWhatIsMissing(t *testing.T) {
	pin := t.TempDir() + "/pin"
	for want, c := range map[string]app.Config{
		"--hsm-token":         {HSMModule: "libsofthsm2.so"},
		"KOMPETEN_HSM_PIN":    {HSMModule: "libsofthsm2.so", HSMToken: "contoh"},
		"PIN of the hardware": {HSMModule: "libsofthsm2.so", HSMToken: "contoh", HSMPinFile: pin},
		"-tags pkcs11":        {HSMModule: "libsofthsm2.so", HSMToken: "contoh", HSMPinFile: "module_test.go"},
	} {
		t.Setenv("KOMPETEN_HSM_PIN", "")
		c.Data, c.Base, c.Readers = t.TempDir(), "https://contoh.id", 2
		a, err := app.Open(context.Background(), c, &app.Clock{}, discard)
		if err == nil {
			_ = a.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
