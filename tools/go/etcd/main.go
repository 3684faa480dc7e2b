// Package main is etcd. The module that holds etcd's own main package is not served by module proxies as a dependency; the
// server behind it is, and starting it takes one line.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
