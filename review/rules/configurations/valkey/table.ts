/**
 * Settings of Valkey 9.1 and what each takes, one a line, sorted: words, of which a `+` at the end allows several; `int` or `memory` with the least and
 * the most (a bound that is left out is that of 64 bits); `memory%`, which takes a percentage too; `octal`; `text`, which may not be empty; `name`, a file's
 * name without a folder; `folder`, `ipv4`, `ipv6`, `host`, `word`, `events`, what they say; `*`, any number of arguments; nothing, any one argument.
 * Source: what a server 9.1.2 says of `CONFIG GET *` and of each value that it refuses (https://valkey.io/topics/valkey.conf/)
 */
export const VALKEY_SETTINGS = `
acl-pubsub-default allchannels|resetchannels
aclfile
acllog-max-len int0..
active-defrag-cycle-max int1..99
active-defrag-cycle-min int1..99
active-defrag-cycle-us int0..100000
active-defrag-ignore-bytes memory1..9223372036854775807
active-defrag-max-scan-fields int1..
active-defrag-threshold-lower int0..1000
active-defrag-threshold-upper int0..1000
active-expire-effort int1..10
activedefrag yes|no
activerehashing yes|no
always-show-logo yes|no
aof-load-truncated yes|no
aof-rewrite-cpulist
aof-rewrite-incremental-fsync yes|no
aof-timestamp-enabled yes|no
aof-use-rdb-preamble yes|no
aof_rewrite_cpulist
appenddirname name
appendfilename name
appendfsync everysec|always|no
appendonly yes|no
auto-aof-rewrite-min-size memory0..9223372036854775807
auto-aof-rewrite-percentage int0..2147483647
availability-zone
bgsave-cpulist
bgsave_cpulist
bind *
bind-source-addr
bio-cpulist
bio_cpulist
busy-reply-threshold int0..
client-output-buffer-limit *
client-query-buffer-limit memory1048576..9223372036854775807
cluster-allow-pubsubshard-when-down yes|no
cluster-allow-reads-when-down yes|no
cluster-allow-replica-migration yes|no
cluster-announce-bus-port int0..65535
cluster-announce-client-ipv4 ipv4
cluster-announce-client-ipv6 ipv6
cluster-announce-client-port int0..65535
cluster-announce-client-tls-port int0..65535
cluster-announce-hostname host
cluster-announce-human-nodename word
cluster-announce-ip word
cluster-announce-port int0..65535
cluster-announce-tls-port int0..65535
cluster-blacklist-ttl int..
cluster-config-file text
cluster-config-save-behavior sync|best-effort
cluster-databases int1..2147483647
cluster-enabled yes|no
cluster-link-sendbuf-limit memory0..
cluster-manual-failover-timeout int1..2147483647
cluster-migration-barrier int0..2147483647
cluster-node-timeout int0..
cluster-port int0..65535
cluster-preferred-endpoint-type ip|hostname|unknown-endpoint
cluster-replica-no-failover yes|no
cluster-replica-validity-factor int0..2147483647
cluster-require-full-coverage yes|no
cluster-slave-no-failover yes|no
cluster-slave-validity-factor int0..2147483647
cluster-slot-migration-log-max-len int0..
cluster-slot-stats-enabled yes|no
commandlog-execution-slower-than int-1..
commandlog-large-reply-max-len int0..
commandlog-large-request-max-len int0..
commandlog-reply-larger-than int-1..
commandlog-request-larger-than int-1..
commandlog-slow-execution-max-len int0..
crash-log-enabled yes|no
crash-memcheck-enabled yes|no
daemonize yes|no
databases int1..2147483647
dbfilename name
dir folder
disable-thp yes|no
dual-channel-replication-enabled yes|no
enable-debug-command no|yes|local
enable-module-command no|yes|local
enable-protected-configs no|yes|local
extended-redis-compatibility yes|no
hash-max-listpack-entries int0..
hash-max-listpack-value memory0..9223372036854775807
hash-max-ziplist-entries int0..
hash-max-ziplist-value memory0..9223372036854775807
hash-seed
hide-user-data-from-log yes|no
hll-sparse-max-bytes memory0..9223372036854775807
hz int0..2147483647
ignore-warnings
import-mode yes|no
include
io-threads int1..256
jemalloc-bg-thread yes|no
latency-monitor-threshold int0..
latency-tracking yes|no
latency-tracking-info-percentiles *
lazyfree-lazy-eviction yes|no
lazyfree-lazy-expire yes|no
lazyfree-lazy-server-del yes|no
lazyfree-lazy-user-del yes|no
lazyfree-lazy-user-flush yes|no
lfu-decay-time int0..2147483647
lfu-log-factor int0..2147483647
list-compress-depth int0..2147483647
list-max-listpack-size int-2147483648..2147483647
list-max-ziplist-entries
list-max-ziplist-size int-2147483648..2147483647
list-max-ziplist-value
loadmodule *
locale-collate
log-format legacy|logfmt|json
log-timestamp-format legacy|iso8601|milliseconds
logfile
loglevel debug|verbose|notice|warning|nothing
lua-replicate-commands
lua-time-limit int0..
masterauth
masteruser
max-new-connections-per-cycle int1..1000
max-new-tls-connections-per-cycle int1..1000
maxclients int1..4294967295
maxmemory memory0..
maxmemory-clients memory%
maxmemory-eviction-tenacity int0..100
maxmemory-policy volatile-lru|volatile-lfu|volatile-random|volatile-ttl|allkeys-lru|allkeys-lfu|allkeys-random|noeviction
maxmemory-samples int1..64
min-replicas-max-lag int0..2147483647
min-replicas-to-write int0..2147483647
min-slaves-max-lag int0..2147483647
min-slaves-to-write int0..2147483647
mptcp yes|no
no-appendfsync-on-rewrite yes|no
notify-keyspace-events events
oom-score-adj no|yes|relative|absolute
oom-score-adj-values *
pidfile
port int0..65535
prefetch-batch-max-size int0..128
primaryauth
primaryuser
proc-title-template text
propagation-error-behavior ignore|panic|panic-on-replicas
protected-mode yes|no
proto-max-bulk-len memory1048576..9223372036854775807
rdb-del-sync-files yes|no
rdb-save-incremental-fsync yes|no
rdb-version-check strict|relaxed
rdbchecksum yes|no
rdbcompression yes|no
rdma-bind *
rdma-completion-vector int-1..1024
rdma-port int0..65535
rdma-rx-size int65536..16777216
rename-command *
repl-backlog-size memory1..9223372036854775807
repl-backlog-ttl int0..
repl-disable-tcp-nodelay yes|no
repl-diskless-load disabled|on-empty-db|swapdb|flush-before-load
repl-diskless-sync yes|no
repl-diskless-sync-delay int0..2147483647
repl-diskless-sync-max-replicas int0..2147483647
repl-mptcp yes|no
repl-ping-replica-period int1..2147483647
repl-ping-slave-period int1..2147483647
repl-timeout int1..2147483647
replica-announce-ip
replica-announce-port int0..65535
replica-announced yes|no
replica-ignore-disk-write-errors yes|no
replica-ignore-maxmemory yes|no
replica-lazy-flush yes|no
replica-priority int0..2147483647
replica-read-only yes|no
replica-serve-stale-data yes|no
replicaof *
requirepass
save *
sentinel *
server-cpulist
server_cpulist
set-max-intset-entries int0..
set-max-listpack-entries int0..
set-max-listpack-value int0..
set-proc-title yes|no
shutdown-on-sigint default|save|nosave|now|force|safe|failover+
shutdown-on-sigterm default|save|nosave|now|force|safe|failover+
shutdown-timeout int0..2147483647
slave-announce-ip
slave-announce-port int0..65535
slave-ignore-maxmemory yes|no
slave-lazy-flush yes|no
slave-priority int0..2147483647
slave-read-only yes|no
slave-serve-stale-data yes|no
slaveof *
slot-migration-max-failover-repl-bytes memory-1..9223372036854775807
slowlog-log-slower-than int-1..
slowlog-max-len int0..
socket-mark-id int0..4294967295
stop-writes-on-bgsave-error yes|no
stream-node-max-bytes memory0..9223372036854775807
stream-node-max-entries int0..
supervised upstart|systemd|auto|no
syslog-enabled yes|no
syslog-facility user|local0|local1|local2|local3|local4|local5|local6|local7
syslog-ident
tcp-backlog int0..2147483647
tcp-keepalive int0..2147483647
timeout int0..2147483647
tls-auth-clients no|yes|optional
tls-auth-clients-user CN|URI|off
tls-auto-reload-interval int0..2147483647
tls-ca-cert-dir
tls-ca-cert-file
tls-cert-file
tls-ciphers
tls-ciphersuites
tls-client-cert-file
tls-client-key-file
tls-client-key-file-pass
tls-cluster yes|no
tls-dh-params-file
tls-key-file
tls-key-file-pass
tls-port int0..65535
tls-prefer-server-ciphers yes|no
tls-protocols
tls-replication yes|no
tls-session-cache-size int0..2147483647
tls-session-cache-timeout int0..2147483647
tls-session-caching yes|no
tracking-table-max-keys int0..
unixsocket
unixsocketgroup
unixsocketperm octal
user *
zset-max-listpack-entries int0..
zset-max-listpack-value memory0..9223372036854775807
zset-max-ziplist-entries int0..
zset-max-ziplist-value memory0..9223372036854775807
`;
