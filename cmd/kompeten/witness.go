package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"kompeten/internal/app"
)

type witnessCmd struct {
	Serve witnessServeCmd `cmd:"" default:"withargs" help:"Look after transparency logs: cosign each checkpoint that goes on where the last one ended.\n\nExample: kompeten witness --data witness --name saksi.kampus.example.id --listen :8090 --log 'sertifikat.example.id/log+1a2b3c4d+AX…'"`
	Key   witnessKeyCmd   `cmd:"" help:"Print the witness's key, for those who trust it; made when there is none.\n\nExample: kompeten witness key --data witness --name saksi.kampus.example.id"`
}

// witnessDir is where a witness keeps its key and what it has seen.
type witnessDir struct {
	Data string `help:"Directory of the witness's key and memory. Losing the memory is worse than losing the key: keep it on a disk that lasts." default:"witness" type:"path" env:"KOMPETEN_WITNESS_DATA"`
	Name string `help:"Name of a new witness, such as saksi.kampus.example.id; an old one knows its own."`
}

type witnessKeyCmd struct{ witnessDir }

// Run prints the key.
func (c witnessKeyCmd) Run() error {
	key, err := app.WitnessKey(c.Data, c.Name)
	if err != nil {
		return err
	}
	fmt.Println(key.WitnessKey())
	return nil
}

type witnessServeCmd struct {
	witnessDir
	Listen string   `help:"Address and port to answer on." default:"127.0.0.1:8090"`
	Log    []string `required:"" help:"Key of a log to look after, as the log publishes it at /log/key. May be given several times; an old and a new key of one log stand beside each other."`
}

// Run serves the witness until it is told to stop.
func (c witnessServeCmd) Run(ctx context.Context) error {
	w, err := app.OpenWitness(ctx, c.Data, c.Name, c.Log, &app.Clock{})
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }()
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = srv.Shutdown(end)
	}()
	logger().Info("ready", "listen", l.Addr().String(), "key", w.Key)
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-stopped
	return nil
}
