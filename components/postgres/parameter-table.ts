/**
 * Parameters of PostgreSQL 18, one a line, sorted: name, type, and what values it takes. Of numbers that is the unit without which one is read
 * (`-`: none), the least and the greatest; of an `enum` its words (`_` for a blank). `fixed` ones can be read only.
 * Source: the view pg_settings of a server 18.6, and the words of the builds with lz4, zstd and io_uring
 * (https://www.postgresql.org/docs/18/view-pg-settings.html).
 */
export const PARAMETER_TABLE = `
DateStyle text
IntervalStyle enum postgres|postgres_verbose|sql_standard|iso_8601
TimeZone text
allow_alter_system bool
allow_in_place_tablespaces bool
allow_system_table_mods bool
application_name text
archive_cleanup_command text
archive_command text
archive_library text
archive_mode enum always|on|off
archive_timeout int s 0 1073741823
array_nulls bool
authentication_timeout int s 1 600
autovacuum bool
autovacuum_analyze_scale_factor real - 0 100
autovacuum_analyze_threshold int - 0 2147483647
autovacuum_freeze_max_age int - 100000 2000000000
autovacuum_max_workers int - 1 262143
autovacuum_multixact_freeze_max_age int - 10000 2000000000
autovacuum_naptime int s 1 2147483
autovacuum_vacuum_cost_delay real ms -1 100
autovacuum_vacuum_cost_limit int - -1 10000
autovacuum_vacuum_insert_scale_factor real - 0 100
autovacuum_vacuum_insert_threshold int - -1 2147483647
autovacuum_vacuum_max_threshold int - -1 2147483647
autovacuum_vacuum_scale_factor real - 0 100
autovacuum_vacuum_threshold int - 0 2147483647
autovacuum_work_mem int kB -1 2147483647
autovacuum_worker_slots int - 1 262143
backend_flush_after int 8kB 0 256
backslash_quote enum safe_encoding|on|off
backtrace_functions text
bgwriter_delay int ms 10 10000
bgwriter_flush_after int 8kB 0 256
bgwriter_lru_maxpages int - 0 1073741823
bgwriter_lru_multiplier real - 0 10
block_size fixed
bonjour bool
bonjour_name text
bytea_output enum escape|hex
check_function_bodies bool
checkpoint_completion_target real - 0 1
checkpoint_flush_after int 8kB 0 256
checkpoint_timeout int s 30 86400
checkpoint_warning int s 0 2147483647
client_connection_check_interval int ms 0 2147483647
client_encoding text
client_min_messages enum debug5|debug4|debug3|debug2|debug1|log|notice|warning|error
cluster_name text
commit_delay int - 0 100000
commit_siblings int - 0 1000
commit_timestamp_buffers int 8kB 0 131072
compute_query_id enum auto|regress|on|off
config_file text
constraint_exclusion enum partition|on|off
cpu_index_tuple_cost real - 0 1.79769e+308
cpu_operator_cost real - 0 1.79769e+308
cpu_tuple_cost real - 0 1.79769e+308
createrole_self_grant text
cursor_tuple_fraction real - 0 1
data_checksums fixed
data_directory text
data_directory_mode fixed
data_sync_retry bool
deadlock_timeout int ms 1 2147483647
debug_assertions fixed
debug_discard_caches int - 0 0
debug_io_direct text
debug_logical_replication_streaming enum buffered|immediate
debug_parallel_query enum off|on|regress
debug_pretty_print bool
debug_print_parse bool
debug_print_plan bool
debug_print_rewritten bool
default_statistics_target int - 1 10000
default_table_access_method text
default_tablespace text
default_text_search_config text
default_toast_compression enum pglz|lz4
default_transaction_deferrable bool
default_transaction_isolation enum serializable|repeatable_read|read_committed|read_uncommitted
default_transaction_read_only bool
dynamic_library_path text
dynamic_shared_memory_type enum posix|sysv|mmap
effective_cache_size int 8kB 1 2147483647
effective_io_concurrency int - 0 1000
enable_async_append bool
enable_bitmapscan bool
enable_distinct_reordering bool
enable_gathermerge bool
enable_group_by_reordering bool
enable_hashagg bool
enable_hashjoin bool
enable_incremental_sort bool
enable_indexonlyscan bool
enable_indexscan bool
enable_material bool
enable_memoize bool
enable_mergejoin bool
enable_nestloop bool
enable_parallel_append bool
enable_parallel_hash bool
enable_partition_pruning bool
enable_partitionwise_aggregate bool
enable_partitionwise_join bool
enable_presorted_aggregate bool
enable_self_join_elimination bool
enable_seqscan bool
enable_sort bool
enable_tidscan bool
escape_string_warning bool
event_source text
event_triggers bool
exit_on_error bool
extension_control_path text
external_pid_file text
extra_float_digits int - -15 3
file_copy_method enum copy|clone
file_extend_method enum posix_fallocate|write_zeros
from_collapse_limit int - 1 2147483647
fsync bool
full_page_writes bool
geqo bool
geqo_effort int - 1 10
geqo_generations int - 0 2147483647
geqo_pool_size int - 0 2147483647
geqo_seed real - 0 1
geqo_selection_bias real - 1.5 2
geqo_threshold int - 2 2147483647
gin_fuzzy_search_limit int - 0 2147483647
gin_pending_list_limit int kB 64 2147483647
gss_accept_delegation bool
hash_mem_multiplier real - 1 1000
hba_file text
hot_standby bool
hot_standby_feedback bool
huge_page_size int kB 0 2147483647
huge_pages enum off|on|try
huge_pages_status fixed
icu_validation_level enum disabled|debug5|debug4|debug3|debug2|debug1|log|notice|warning|error
ident_file text
idle_in_transaction_session_timeout int ms 0 2147483647
idle_replication_slot_timeout int s 0 2147483647
idle_session_timeout int ms 0 2147483647
ignore_checksum_failure bool
ignore_invalid_pages bool
ignore_system_indexes bool
in_hot_standby fixed
integer_datetimes fixed
io_combine_limit int 8kB 1 128
io_max_combine_limit int 8kB 1 128
io_max_concurrency int - -1 1024
io_method enum sync|worker|io_uring
io_workers int - 1 32
jit bool
jit_above_cost real - -1 1.79769e+308
jit_debugging_support bool
jit_dump_bitcode bool
jit_expressions bool
jit_inline_above_cost real - -1 1.79769e+308
jit_optimize_above_cost real - -1 1.79769e+308
jit_profiling_support bool
jit_provider text
jit_tuple_deforming bool
join_collapse_limit int - 1 2147483647
krb_caseins_users bool
krb_server_keyfile text
lc_messages text
lc_monetary text
lc_numeric text
lc_time text
listen_addresses text
lo_compat_privileges bool
local_preload_libraries text
lock_timeout int ms 0 2147483647
log_autovacuum_min_duration int ms -1 2147483647
log_checkpoints bool
log_connections text
log_destination text
log_directory text
log_disconnections bool
log_duration bool
log_error_verbosity enum terse|default|verbose
log_executor_stats bool
log_file_mode int - 0 511
log_filename text
log_hostname bool
log_line_prefix text
log_lock_failures bool
log_lock_waits bool
log_min_duration_sample int ms -1 2147483647
log_min_duration_statement int ms -1 2147483647
log_min_error_statement enum debug5|debug4|debug3|debug2|debug1|info|notice|warning|error|log|fatal|panic
log_min_messages enum debug5|debug4|debug3|debug2|debug1|info|notice|warning|error|log|fatal|panic
log_parameter_max_length int B -1 1073741823
log_parameter_max_length_on_error int B -1 1073741823
log_parser_stats bool
log_planner_stats bool
log_recovery_conflict_waits bool
log_replication_commands bool
log_rotation_age int min 0 35791394
log_rotation_size int kB 0 2147483647
log_startup_progress_interval int ms 0 2147483647
log_statement enum none|ddl|mod|all
log_statement_sample_rate real - 0 1
log_statement_stats bool
log_temp_files int kB -1 2147483647
log_timezone text
log_transaction_sample_rate real - 0 1
log_truncate_on_rotation bool
logging_collector bool
logical_decoding_work_mem int kB 64 2147483647
maintenance_io_concurrency int - 0 1000
maintenance_work_mem int kB 64 2147483647
max_active_replication_origins int - 0 262143
max_connections int - 1 262143
max_files_per_process int - 64 2147483647
max_function_args fixed
max_identifier_length fixed
max_index_keys fixed
max_locks_per_transaction int - 10 2147483647
max_logical_replication_workers int - 0 262143
max_notify_queue_pages int - 64 2147483647
max_parallel_apply_workers_per_subscription int - 0 1024
max_parallel_maintenance_workers int - 0 1024
max_parallel_workers int - 0 1024
max_parallel_workers_per_gather int - 0 1024
max_pred_locks_per_page int - 0 2147483647
max_pred_locks_per_relation int - -2147483648 2147483647
max_pred_locks_per_transaction int - 10 2147483647
max_prepared_transactions int - 0 262143
max_replication_slots int - 0 262143
max_slot_wal_keep_size int MB -1 2147483647
max_stack_depth int kB 100 2147483647
max_standby_archive_delay int ms -1 2147483647
max_standby_streaming_delay int ms -1 2147483647
max_sync_workers_per_subscription int - 0 262143
max_wal_senders int - 0 262143
max_wal_size int MB 2 2147483647
max_worker_processes int - 0 262143
md5_password_warnings bool
min_dynamic_shared_memory int MB 0 2147483647
min_parallel_index_scan_size int 8kB 0 715827882
min_parallel_table_scan_size int 8kB 0 715827882
min_wal_size int MB 2 2147483647
multixact_member_buffers int 8kB 16 131072
multixact_offset_buffers int 8kB 16 131072
notify_buffers int 8kB 16 131072
num_os_semaphores fixed
oauth_validator_libraries text
output_plugin_libraries text
parallel_leader_participation bool
parallel_setup_cost real - 0 1.79769e+308
parallel_tuple_cost real - 0 1.79769e+308
password_encryption enum md5|scram-sha-256
plan_cache_mode enum auto|force_generic_plan|force_custom_plan
port int - 1 65535
post_auth_delay int s 0 2147
pre_auth_delay int s 0 60
primary_conninfo text
primary_slot_name text
quote_all_identifiers bool
random_page_cost real - 0 1.79769e+308
recovery_end_command text
recovery_init_sync_method enum fsync|syncfs
recovery_min_apply_delay int ms 0 2147483647
recovery_prefetch enum off|on|try
recovery_target text
recovery_target_action enum pause|promote|shutdown
recovery_target_inclusive bool
recovery_target_lsn text
recovery_target_name text
recovery_target_time text
recovery_target_timeline text
recovery_target_xid text
recursive_worktable_factor real - 0.001 1e+06
remove_temp_files_after_crash bool
reserved_connections int - 0 262143
restart_after_crash bool
restore_command text
restrict_nonsystem_relation_kind text
row_security bool
scram_iterations int - 1 2147483647
search_path text
segment_size fixed
send_abort_for_crash bool
send_abort_for_kill bool
seq_page_cost real - 0 1.79769e+308
serializable_buffers int 8kB 16 131072
server_encoding fixed
server_version fixed
server_version_num fixed
session_preload_libraries text
session_replication_role enum origin|replica|local
shared_buffers int 8kB 16 1073741823
shared_memory_size fixed
shared_memory_size_in_huge_pages fixed
shared_memory_type enum sysv|mmap
shared_preload_libraries text
ssl bool
ssl_ca_file text
ssl_cert_file text
ssl_ciphers text
ssl_crl_dir text
ssl_crl_file text
ssl_dh_params_file text
ssl_groups text
ssl_key_file text
ssl_library fixed
ssl_max_protocol_version enum |TLSv1|TLSv1.1|TLSv1.2|TLSv1.3
ssl_min_protocol_version enum TLSv1|TLSv1.1|TLSv1.2|TLSv1.3
ssl_passphrase_command text
ssl_passphrase_command_supports_reload bool
ssl_prefer_server_ciphers bool
ssl_tls13_ciphers text
standard_conforming_strings bool
statement_timeout int ms 0 2147483647
stats_fetch_consistency enum none|cache|snapshot
subtransaction_buffers int 8kB 0 131072
summarize_wal bool
superuser_reserved_connections int - 0 262143
sync_replication_slots bool
synchronize_seqscans bool
synchronized_standby_slots text
synchronous_commit enum local|remote_write|remote_apply|on|off
synchronous_standby_names text
syslog_facility enum local0|local1|local2|local3|local4|local5|local6|local7
syslog_ident text
syslog_sequence_numbers bool
syslog_split_messages bool
tcp_keepalives_count int - 0 2147483647
tcp_keepalives_idle int s 0 2147483647
tcp_keepalives_interval int s 0 2147483647
tcp_user_timeout int ms 0 2147483647
temp_buffers int 8kB 100 1073741823
temp_file_limit int kB -1 2147483647
temp_tablespaces text
timezone_abbreviations text
trace_connection_negotiation bool
trace_notify bool
trace_sort bool
track_activities bool
track_activity_query_size int B 100 1048576
track_commit_timestamp bool
track_cost_delay_timing bool
track_counts bool
track_functions enum none|pl|all
track_io_timing bool
track_wal_io_timing bool
transaction_buffers int 8kB 0 131072
transaction_timeout int ms 0 2147483647
transform_null_equals bool
unix_socket_directories text
unix_socket_group text
unix_socket_permissions int - 0 511
update_process_title bool
vacuum_buffer_usage_limit int kB 0 16777216
vacuum_cost_delay real ms 0 100
vacuum_cost_limit int - 1 10000
vacuum_cost_page_dirty int - 0 10000
vacuum_cost_page_hit int - 0 10000
vacuum_cost_page_miss int - 0 10000
vacuum_failsafe_age int - 0 2100000000
vacuum_freeze_min_age int - 0 1000000000
vacuum_freeze_table_age int - 0 2000000000
vacuum_max_eager_freeze_failure_rate real - 0 1
vacuum_multixact_failsafe_age int - 0 2100000000
vacuum_multixact_freeze_min_age int - 0 1000000000
vacuum_multixact_freeze_table_age int - 0 2000000000
vacuum_truncate bool
wal_block_size fixed
wal_buffers int 8kB -1 262143
wal_compression enum pglz|lz4|zstd|on|off
wal_consistency_checking text
wal_decode_buffer_size int B 65536 1073741823
wal_init_zero bool
wal_keep_size int MB 0 2147483647
wal_level enum minimal|replica|logical|archive|hot_standby
wal_log_hints bool
wal_receiver_create_temp_slot bool
wal_receiver_status_interval int s 0 2147483
wal_receiver_timeout int ms 0 2147483647
wal_recycle bool
wal_retrieve_retry_interval int ms 1 2147483647
wal_segment_size fixed
wal_sender_timeout int ms 0 2147483647
wal_skip_threshold int kB 0 2147483647
wal_summary_keep_time int min 0 35791394
wal_sync_method enum fsync|fdatasync|open_sync|open_datasync
wal_writer_delay int ms 1 10000
wal_writer_flush_after int 8kB 0 2147483647
work_mem int kB 64 2147483647
xmlbinary enum base64|hex
xmloption enum content|document
zero_damaged_pages bool
`;
