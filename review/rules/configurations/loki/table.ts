/**
 * Keys of Loki 3.7, as `Shapes` reads them: `size` is a number of bytes or `4MB`, `days` a duration that may have days and weeks, `strings` one text or a
 * list of them. Source: https://grafana.com/docs/loki/latest/configure/, as of 3.7.6
 */
export const LOKI_KEYS = `
=loki
target string
auth_enabled bool
ballast_bytes int
server #server
ui
 enabled bool
 debug bool
 goldfish
  enable bool
  storage
   type string
   cloudsql_host string
   cloudsql_port int
   cloudsql_database string
   cloudsql_user string
   rds_endpoint string
   rds_database string
   rds_user string
   max_connections int
   max_idle_time_seconds int
  grafana_url string
  traces_datasource_uid string
  logs_datasource_uid string
  cell_a_namespace string
  cell_b_namespace string
  results_backend string
  results_bucket #thanos_object_store_config
 ring #ring
distributor #distributor
querier #querier
query_engine
 enable bool
 distributed bool
 instance_interface_names strings
 batch_size int
 prefetch_bytes size
 merge_prefetch_count int
 range_reads
  max_parallelism int
  coalesce_size int
  max_range_size int
  min_range_size int
 worker_threads int
 scheduler_lookup_address string
 scheduler_lookup_interval duration
 storage_lag duration
 storage_start_date time
 storage_retention_days int
 enable_engine_router bool
 downstream_address string
 enable_delete_req_filtering bool
 enforce_retention_period bool
 align_queries_with_step bool
 enforce_max_query_series_limit bool
 results_cache
  cache #cache_config
  compression string
query_scheduler #query_scheduler
frontend #frontend
query_range #query_range
ruler #ruler
ruler_storage
 +thanos_object_store_config
 backend string
 local
  directory string
ingester_client #ingester_client
ingester #ingester
pattern_ingester
 enabled bool
 lifecycler #lifecycler
 client_config #ingester_client
 concurrent_flushes int
 flush_check_period duration
 max_clusters int
 max_eviction_ratio float
 metric_aggregation
  sample_period duration
  loki_address string
  timeout duration
  push_period duration
  http_client_config #http_client_config
  use_tls bool
  basic_auth
   username string
   password string
  backoff_config #backoff_config
 pattern_persistence
  loki_address string
  timeout duration
  push_period duration
  http_client_config #http_client_config
  use_tls bool
  basic_auth
   username string
   password string
  backoff_config #backoff_config
  batch_size int
 tee_config
  batch_size int
  batch_flush_interval duration
  flush_queue_size int
  flush_worker_count int
  stop_flush_timeout duration
 connection_timeout duration
 max_allowed_line_length int
 retain_for duration
 max_chunk_age duration
 pattern_sample_interval duration
 volume_threshold float
index_gateway #index_gateway
bloom_build #bloom_build
bloom_gateway #bloom_gateway
storage_config #storage_config
chunk_store_config #chunk_store_config
schema_config #schema_config
compactor #compactor
compactor_grpc_client
 +grpc_client
limits_config #limits_config
frontend_worker #frontend_worker
table_manager #table_manager
memberlist #memberlist
kafka_config
 topic string
 dial_timeout duration
 write_timeout duration
 reader_config
  address string
  client_id string
 writer_config
  address string
  client_id string
 sasl_username string
 sasl_password string
 consumer_group string
 consumer_group_offset_commit_interval duration
 last_produced_offset_retry_timeout duration
 auto_create_topic_enabled bool
 auto_create_topic_default_partitions int
 producer_max_record_size_bytes int
 producer_max_buffered_bytes int
 max_consumer_lag_at_startup duration
 max_consumer_workers int
 enable_kafka_histograms bool
 tracing_enabled bool
dataobj
 consumer
  builderconfig
   target_page_size size
   max_page_rows int
   target_object_size size
   target_section_size size
   buffer_size size
   section_stripe_merge_limit int
  lifecycler #lifecycler
  partition_ring #partition_ring
  uploader
   shaprefixsize int
  idle_flush_timeout duration
  max_builder_age duration
  topic string
 index
  target_page_size size
  max_page_rows int
  target_object_size size
  target_section_size size
  buffer_size size
  section_stripe_merge_limit int
  events_per_index int
  flush_interval duration
  max_idle_time duration
 metastore
  index_storage_prefix string
  partition_ratio int
 storage_bucket_prefix string
 enabled bool
ingest_limits
 enabled bool
 active_window duration
 rate_window duration
 bucket_size duration
 eviction_interval duration
 num_partitions int
 lifecycler #lifecycler
 consumer_group string
 topic string
ingest_limits_frontend
 client_config #client_config
 lifecycler #lifecycler
 num_partitions int
 assigned_partitions_cache_enabled bool
 assigned_partitions_cache_ttl duration
 accepted_streams_cache_enabled bool
 accepted_streams_cache_ttl duration
 accepted_streams_cache_ttl_jitter duration
ingest_limits_frontend_client #client_config
runtime_config #runtime_config
operational_config #operational_config
tracing #tracing
analytics #analytics
profiling #profiling
tenant_limits_allow_publish strings
common #common
shutdown_delay duration
metrics_namespace string
=alibabacloud_storage_config
bucket string
endpoint string
access_key_id string
secret_access_key string
conn_timeout_sec int
read_write_timeout_sec int
=analytics
reporting_enabled bool
usage_stats_url string
proxy_url string
tls_config #tls_config
=attributes_config
action string
attributes strings
regex string
=aws_storage_config
dynamodb
 dynamodb_url string
 api_limit float
 throttle_limit float
 metrics
  url string
  target_queue_length int
  scale_up_factor float
  ignore_throttle_below float
  queue_length_query string
  write_throttle_query string
  write_usage_query string
  read_usage_query string
  read_error_query string
 chunk_gang_size int
 chunk_get_max_parallelism int
 backoff_config #backoff_config
 kms_key_id string
+s3_storage_config
=azure_storage_config
environment string
account_name string
account_key string
connection_string string
container_name string
active_directory_endpoint string
endpoint_suffix string
use_managed_identity bool
use_federated_token bool
user_assigned_id string
use_service_principal bool
client_id string
client_secret string
tenant_id string
chunk_delimiter string
download_buffer_size int
upload_buffer_size int
upload_buffer_count int
request_timeout duration
max_retries int
min_retry_delay duration
max_retry_delay duration
=bloom_build
enabled bool
planner
 planning_interval duration
 min_table_offset int
 max_table_offset int
 retention
  enabled bool
 queue
  max_queued_tasks_per_tenant int
  store_tasks_on_disk bool
  tasks_disk_directory string
  clean_tasks_directory bool
builder
 grpc_config #grpc_client
 planner_address string
 backoff_config #backoff_config
=bloom_gateway
enabled bool
client
 pool_config
  check_interval duration
 grpc_client_config #grpc_client
 addresses string
worker_concurrency int
block_query_concurrency int
max_outstanding_per_tenant int
num_multiplex_tasks int
=bos_storage_config
bucket_name string
endpoint string
access_key_id string
secret_access_key string
=cache_config
default_validity duration
background
 writeback_goroutines int
 writeback_buffer int
 writeback_size_limit size
memcached
 expiration duration
 batch_size int
 parallelism int
memcached_client
 host string
 service string
 addresses string
 timeout duration
 max_idle_conns int
 max_item_size int
 update_interval duration
 consistent_hash bool
 circuit_breaker_consecutive_failures int
 circuit_breaker_timeout duration
 circuit_breaker_interval duration
 tls_enabled bool
 +tls_config
redis
 endpoint string
 master_name string
 timeout duration
 expiration duration
 db int
 pool_size int
 username string
 password string
 tls_enabled bool
 tls_insecure_skip_verify bool
 idle_timeout duration
 max_connection_age duration
 route_randomly bool
embedded_cache
 enabled bool
 max_size_mb int
 max_size_items int
 ttl duration
=chunk_store_config
chunk_cache_config #cache_config
chunk_cache_config_l2 #cache_config
write_dedupe_cache_config #cache_config
skip_query_writeback_cache_older_than duration
l2_chunk_cache_handoff duration
cache_lookups_older_than days
=common
path_prefix string
storage
 s3 #s3_storage_config
 gcs #gcs_storage_config
 azure #azure_storage_config
 alibabacloud #alibabacloud_storage_config
 bos #bos_storage_config
 swift #swift_storage_config
 filesystem
  chunks_directory string
  rules_directory string
 hedging #hedging
 cos #cos_storage_config
 congestion_control
  enabled bool
  controller
   strategy string
   aimd
    start int
    upper_bound int
    backoff_factor float
  retry
   strategy string
   limit int
  hedging
   config #hedging
   strategy string
 object_store #thanos_object_store_config
persist_tokens bool
replication_factor int
ring #ring
instance_interface_names strings
instance_addr string
compactor_address string
compactor_grpc_address string
scratch_path string
=compactor
working_directory string
compaction_interval duration
apply_retention_interval duration
retention_enabled bool
retention_delete_delay duration
retention_delete_worker_count int
retention_table_timeout duration
retention_backoff_config #backoff_config
delete_request_store string
delete_request_store_key_prefix string
delete_request_store_db_type string
backup_delete_request_store_db_type string
delete_batch_size int
delete_request_cancel_period duration
delete_max_interval duration
max_compaction_parallelism int
upload_parallelism int
compactor_ring #compactor_ring
tables_to_compact int
skip_latest_n_tables int
horizontal_scaling_mode string
worker_config
 num_sub_workers int
jobs_config
 deletion
  deletion_manifest_store_prefix string
  chunk_processing_concurrency int
  timeout duration
  max_retries int
deletion_marker_object_store_prefix string
=consul
host string
acl_token string
http_client_timeout duration
consistent_reads bool
watch_rate_limit float
watch_burst_size int
cas_retry_delay duration
=cos_storage_config
forcepathstyle bool
bucketnames string
endpoint string
region string
access_key_id string
secret_access_key string
http_config
 idle_conn_timeout duration
 response_header_timeout duration
backoff_config #backoff_config
api_key string
service_instance_id string
auth_endpoint string
cr_token_file_path string
trusted_profile_name string
trusted_profile_id string
=distributor
ring
 kvstore #kvstore
 heartbeat_period duration
 heartbeat_timeout duration
 instance_interface_names strings
push_worker_count int
max_recv_msg_size int
max_decompressed_size int
rate_store
 max_request_parallelism int
 stream_rate_update_interval duration
 ingester_request_timeout duration
 debug bool
write_failures_logging
 rate size
 add_insights_label bool
otlp_config
 default_resource_attributes_as_index_labels strings
default_policy_stream_mappings any
kafka_writes_enabled bool
ingester_writes_enabled bool
ingest_limits_enabled bool
ingest_limits_dry_run_enabled bool
dataobj_tee
 enabled bool
 topic string
 max_buffered_bytes int
 per_partition_rate_bytes int
 debug_metrics_enabled bool
 rate_batch_window duration
=etcd
endpoints strings
dial_timeout duration
max_retries int
tls_enabled bool
+tls_config
username string
password string
=frontend
log_queries_longer_than duration
log_query_request_headers string
max_body_size int
query_stats_enabled bool
max_outstanding_per_tenant int
querier_forget_delay duration
scheduler_address string
scheduler_dns_lookup_period duration
scheduler_worker_concurrency int
grpc_client_config #grpc_client
graceful_shutdown_timeout duration
instance_interface_names strings
instance_enable_ipv6 bool
encoding string
compress_responses bool
downstream_url string
tail_proxy_url string
tail_tls_config #tls_config
support_parquet_encoding bool
=frontend_worker
frontend_address string
scheduler_address string
dns_lookup_duration duration
id string
query_frontend_grpc_client #grpc_client
grpc_client_config #grpc_client
query_scheduler_grpc_client #grpc_client
=gcs_storage_config
bucket_name string
endpoint string
service_account string
chunk_buffer_size int
request_timeout duration
enable_opencensus bool
enable_http2 bool
enable_retries bool
=grpc_client
max_recv_msg_size int
max_send_msg_size int
grpc_compression string
rate_limit float
rate_limit_burst int
backoff_on_ratelimits bool
backoff_config #backoff_config
initial_stream_window_size size
initial_connection_window_size size
tls_enabled bool
+tls_config
connect_timeout duration
connect_backoff_base_delay duration
connect_backoff_max_delay duration
cluster_validation
 label string
=index_gateway
mode string
ring
 kvstore #kvstore
 heartbeat_period duration
 heartbeat_timeout duration
 tokens_file_path string
 zone_awareness_enabled bool
 replication_factor int
 instance_id string
 instance_interface_names strings
 instance_port int
 instance_addr string
 instance_availability_zone string
 instance_enable_ipv6 bool
=ingester
lifecycler #lifecycler
concurrent_flushes int
flush_check_period duration
flush_op_backoff #backoff_config
flush_op_timeout duration
chunk_retain_period duration
chunk_idle_period duration
chunk_block_size int
chunk_target_size int
chunk_encoding string
max_chunk_age duration
autoforget_unhealthy bool
sync_period duration
sync_min_utilization float
max_returned_stream_errors int
query_store_max_look_back_period duration
wal
 enabled bool
 dir string
 checkpoint_duration duration
 flush_on_shutdown bool
 replay_memory_ceiling size
 disk_full_threshold float
index_shards int
max_dropped_streams int
shutdown_marker_path string
owned_streams_check_interval duration
delegate_stream_limits_enabled bool
kafka_ingestion
 enabled bool
 partition_ring #partition_ring
=ingester_client
pool_config
 client_cleanup_period duration
 health_check_ingesters bool
 remote_timeout duration
remote_timeout duration
grpc_client_config #grpc_client
=limits_config
ingestion_rate_strategy string
ingestion_rate_mb float
ingestion_burst_size_mb float
max_label_name_length int
max_label_value_length int
max_label_names_per_series int
reject_old_samples bool
reject_old_samples_max_age days
creation_grace_period days
max_line_size size
max_line_size_truncate bool
max_line_size_truncate_identifier string
increment_duplicate_timestamp bool
simulated_push_latency duration
enable_multi_variant_queries bool
discover_generic_fields
 fields {strings}
discover_service_name strings
discover_log_levels bool
log_level_fields strings
log_level_from_json_max_depth int
use_owned_stream_count bool
max_streams_per_user int
max_global_streams_per_user int
unordered_writes bool
per_stream_rate_limit size
per_stream_rate_limit_burst size
max_chunks_per_query int
max_query_series int
max_query_lookback days
max_query_length days
max_query_range days
max_query_parallelism int
tsdb_max_query_parallelism int
tsdb_max_bytes_per_shard size
tsdb_sharding_strategy string
tsdb_precompute_chunks bool
cardinality_limit int
max_streams_matchers_per_query int
max_concurrent_tail_requests int
max_entries_limit_per_query int
max_cache_freshness_per_query days
max_metadata_cache_freshness days
max_stats_cache_freshness days
max_queriers_per_tenant int
max_query_capacity float
query_ready_index_num_days int
query_timeout days
split_queries_by_interval days
split_metadata_queries_by_interval days
split_recent_metadata_queries_by_interval days
recent_metadata_query_window days
split_instant_metric_queries_by_interval days
engine_results_cache_time_bucket_interval days
split_ingester_queries_by_interval days
min_sharding_lookback days
max_query_bytes_read size
max_querier_bytes_read size
volume_enabled bool
volume_max_series int
ruler_max_rules_per_rule_group int
ruler_max_rule_groups_per_tenant int
ruler_tenant_shard_size int
ruler_enable_wal_replay bool
ruler_remote_write_disabled bool
ruler_remote_write_url string
ruler_remote_write_timeout duration
ruler_remote_write_headers any
ruler_remote_write_relabel_configs any
ruler_remote_write_queue_capacity int
ruler_remote_write_queue_min_shards int
ruler_remote_write_queue_max_shards int
ruler_remote_write_queue_max_samples_per_send int
ruler_remote_write_queue_batch_send_deadline duration
ruler_remote_write_queue_min_backoff duration
ruler_remote_write_queue_max_backoff duration
ruler_remote_write_queue_retry_on_ratelimit bool
ruler_remote_write_sigv4_config
 region string
 access_key string
 secret_key string
 profile string
 role_arn string
ruler_remote_write_config {any}
ruler_remote_evaluation_timeout duration
ruler_remote_evaluation_max_response_size int
deletion_mode string
retention_period days
retention_stream [#stream_retention]
per_tenant_override_config string
per_tenant_override_period days
allow_deletes bool
shard_streams
 enabled bool
 time_sharding_enabled bool
 time_sharding_ignore_recent duration
 logging_enabled bool
 desired_rate size
blocked_queries any
required_labels strings
minimum_labels_number int
index_gateway_shard_size int
index_gateway_max_capacity float
bloom_gateway_enable_filtering bool
bloom_build_max_builders int
bloom_build_task_max_retries int
bloom_build_builder_response_timeout duration
bloom_creation_enabled bool
bloom_planning_strategy string
bloom_split_series_keyspace_by int
bloom_task_target_series_chunk_size size
bloom_block_encoding string
bloom_prefetch_blocks bool
bloom_max_block_size size
bloom_max_bloom_size size
allow_structured_metadata bool
max_structured_metadata_size size
max_structured_metadata_entries_count int
otlp_config
 resource_attributes
  ignore_defaults bool
  attributes_config [#attributes_config]
 scope_attributes [#attributes_config]
 log_attributes [#attributes_config]
 severity_text_as_label bool
block_ingestion_policy_until {any}
block_ingestion_until time
block_ingestion_status_code int
enforced_labels strings
policy_enforced_labels {strings}
policy_stream_mapping any
ingestion_partitions_tenant_shard_size int
shard_aggregations strings
pattern_ingester_tokenizable_json_fields_default string
pattern_ingester_tokenizable_json_fields_append string
pattern_ingester_tokenizable_json_fields_delete string
metric_aggregation_enabled bool
pattern_persistence_enabled bool
pattern_persistence_granularity days
pattern_rate_threshold float
s3_sse_type string
s3_sse_kms_key_id string
s3_sse_kms_encryption_context string
max_scan_task_parallelism int
debug_engine_tasks bool
debug_engine_streams bool
=local_storage_config
directory string
=memberlist
node_name string
randomize_node_name bool
stream_timeout duration
retransmit_factor int
pull_push_interval duration
gossip_interval duration
gossip_nodes int
gossip_to_dead_nodes_time duration
dead_node_reclaim_time duration
compression_enabled bool
notify_interval duration
advertise_addr string
advertise_port int
cluster_label string
cluster_label_verification_disabled bool
join_members strings
min_join_backoff duration
max_join_backoff duration
max_join_retries int
abort_if_cluster_fast_join_fails bool
abort_if_cluster_fast_join_fails_min_nodes int
abort_if_cluster_join_fails bool
rejoin_interval duration
rejoin_seed_nodes strings
left_ingesters_timeout duration
obsolete_entries_timeout duration
leave_timeout duration
broadcast_timeout_for_local_updates_on_shutdown duration
message_history_buffer_bytes int
watch_prefix_buffer_size int
bind_addr strings
bind_port int
packet_dial_timeout duration
packet_write_timeout duration
max_concurrent_writes int
acquire_writer_timeout duration
tls_enabled bool
+tls_config
zone_aware_routing
 enabled bool
 instance_availability_zone string
 role string
=named_stores_config
aws {#aws_storage_config}
azure {#azure_storage_config}
bos {#bos_storage_config}
filesystem {#local_storage_config}
gcs {#gcs_storage_config}
alibabacloud {#alibabacloud_storage_config}
swift {#swift_storage_config}
cos {#cos_storage_config}
=operational_config
log_stream_creation bool
log_push_request bool
log_hash_of_labels bool
log_push_request_streams bool
filter_push_request_streams_ips strings
log_service_name_discovery bool
log_duplicate_metrics bool
log_duplicate_stream_info bool
limited_log_push_errors bool
=period_config
from date
store string
object_store string
schema string
index
 path_prefix string
 prefix string
 period days
 tags {string}
chunks
 prefix string
 period days
 tags {string}
row_shards int
=profiling
block_profile_rate int
cpu_profile_rate int
mutex_profile_fraction int
=querier
tail_max_duration duration
extra_query_delay duration
query_ingesters_within duration
engine
 max_look_back_period duration
 max_count_min_sketch_heap_size int
max_concurrent int
query_store_only bool
query_ingester_only bool
multi_tenant_queries_enabled bool
per_request_limits_enabled bool
query_partition_ingesters bool
=query_range
align_queries_with_step bool
results_cache
 cache #cache_config
 compression string
cache_results bool
max_retries int
parallelise_shardable_queries bool
shard_aggregations string
cache_index_stats_results bool
index_stats_results_cache
 cache #cache_config
 compression string
cache_volume_results bool
volume_results_cache
 cache #cache_config
 compression string
cache_instant_metric_results bool
instant_metric_results_cache
 cache #cache_config
 compression string
instant_metric_query_split_align bool
cache_series_results bool
series_results_cache
 cache #cache_config
 compression string
cache_label_results bool
label_results_cache
 cache #cache_config
 compression string
=query_scheduler
max_outstanding_requests_per_tenant int
max_queue_hierarchy_levels int
querier_forget_delay duration
grpc_client_config #grpc_client
use_scheduler_ring bool
scheduler_ring #compactor_ring
=ruler
external_url string
datasource_uid string
external_labels
ruler_client #grpc_client
evaluation_interval duration
poll_interval duration
storage
 type string
 azure #azure_storage_config
 alibabacloud #alibabacloud_storage_config
 gcs #gcs_storage_config
 s3 #s3_storage_config
 bos #bos_storage_config
 swift #swift_storage_config
 cos #cos_storage_config
 local
  directory string
rule_path string
alertmanager_url string
enable_alertmanager_discovery bool
alertmanager_refresh_interval duration
enable_alertmanager_v2 bool
alert_relabel_configs any
notification_queue_capacity int
notification_timeout duration
alertmanager_client
 +tls_config
 basic_auth_username string
 basic_auth_password string
 type string
 credentials string
 credentials_file string
for_outage_tolerance duration
for_grace_period duration
resend_delay duration
enable_sharding bool
sharding_strategy string
sharding_algo string
search_pending_for duration
ring
 kvstore #kvstore
 heartbeat_period duration
 heartbeat_timeout duration
 instance_interface_names strings
 num_tokens int
flush_period duration
enable_api bool
enabled_tenants string
disabled_tenants string
query_stats_enabled bool
disable_rule_group_label bool
wal
 dir string
 truncate_frequency duration
 min_age duration
 max_age duration
wal_cleaner
 min_age duration
 period days
remote_write
 client any
 clients {any}
 enabled bool
 config_refresh_period duration
 add_org_id_header bool
evaluation
 mode string
 max_jitter duration
 query_frontend
  address string
  tls_enabled bool
  +tls_config
=runtime_config
period days
file string
=s3_storage_config
s3 string
s3forcepathstyle bool
bucketnames string
endpoint string
region string
access_key_id string
secret_access_key string
session_token string
insecure bool
chunk_delimiter string
http_config
 timeout duration
 idle_conn_timeout duration
 response_header_timeout duration
 insecure_skip_verify bool
 ca_file string
signature_version string
storage_class string
sse #sse
backoff_config #backoff_config
disable_dualstack bool
=schema_config
configs [#period_config]
=server
http_listen_network string
http_listen_address string
http_listen_port int
http_listen_conn_limit int
grpc_listen_network string
grpc_listen_address string
grpc_listen_port int
grpc_listen_conn_limit int
grpc_collect_max_streams_by_conn bool
proxy_protocol_enabled bool
tls_cipher_suites string
tls_min_version string
http_tls_config #http_tls_config
grpc_tls_config #http_tls_config
register_instrumentation bool
report_grpc_codes_in_instrumentation_label_enabled bool
graceful_shutdown_timeout duration
http_server_read_timeout duration
http_server_read_header_timeout duration
http_server_write_timeout duration
http_server_idle_timeout duration
http_log_closed_connections_without_response_enabled bool
grpc_server_max_recv_msg_size int
grpc_server_max_send_msg_size int
grpc_server_max_concurrent_streams int
grpc_server_max_connection_idle duration
grpc_server_max_connection_age duration
grpc_server_max_connection_age_grace duration
grpc_server_keepalive_time duration
grpc_server_keepalive_timeout duration
grpc_server_min_time_between_pings duration
grpc_server_ping_without_stream_allowed bool
grpc_server_num_workers int
grpc_server_stats_tracking_enabled bool
grpc_server_recv_buffer_pools_enabled bool
log_format string
log_level string
log_source_ips_enabled bool
log_source_ips_full bool
log_source_ips_header string
log_source_ips_regex string
log_request_headers bool
log_request_at_info_level_enabled bool
log_request_exclude_headers_list string
trace_request_headers bool
trace_request_exclude_headers_list string
http_path_prefix string
cluster_validation
 label string
 additional_labels string
 grpc
  enabled bool
  soft_validation bool
 http
  enabled bool
  soft_validation bool
  excluded_paths string
  excluded_user_agents string
create_new_traces bool
=storage_config
alibabacloud #alibabacloud_storage_config
aws #aws_storage_config
azure #azure_storage_config
bos #bos_storage_config
bigtable
 project string
 instance string
 grpc_client_config #grpc_client
 table_cache_enabled bool
 table_cache_expiration duration
gcs #gcs_storage_config
cassandra
 addresses string
 port int
 keyspace string
 consistency string
 replication_factor int
 disable_initial_host_lookup bool
 SSL bool
 host_verification bool
 host_selection_policy string
 CA_path string
 tls_cert_path string
 tls_key_path string
 auth bool
 username string
 password string
 password_file string
 custom_authenticators strings
 timeout duration
 connect_timeout duration
 reconnect_interval duration
 max_retries int
 retry_max_backoff duration
 retry_min_backoff duration
 query_concurrency int
 num_connections int
 convict_hosts_on_failure bool
 table_options string
boltdb
 directory string
filesystem #local_storage_config
swift #swift_storage_config
grpc_store
 server_address string
hedging #hedging
=swift_storage_config
auth_version int
auth_url string
internal bool
username string
user_domain_name string
user_domain_id string
user_id string
password string
domain_id string
domain_name string
project_id string
project_name string
project_domain_id string
project_domain_name string
region_name string
container_name string
max_retries int
connect_timeout duration
request_timeout duration
http
 tls_ca_path string
=table_manager
throughput_updates_disabled bool
retention_deletes_enabled bool
retention_period days
poll_interval duration
creation_grace_period days
index_tables_provisioning #index_tables_provisioning
chunk_tables_provisioning #index_tables_provisioning
=thanos_object_store_config
s3
 endpoint string
 region string
 bucket_name string
 secret_access_key string
 access_key_id string
 session_token string
 insecure bool
 list_objects_version string
 bucket_lookup_type size
 dualstack_enabled bool
 storage_class string
 native_aws_auth_enabled bool
 part_size int
 send_content_md5 bool
 sts_endpoint string
 max_retries int
 sse #sse
 http #http
 trace
  enabled bool
gcs
 bucket_name string
 service_account string
 chunk_buffer_size int
 max_retries int
azure
 account_name string
 account_key string
 connection_string string
 container_name string
 endpoint_suffix string
 max_retries int
 user_assigned_id string
 chunk_delimiter string
swift
 application_credential_id string
 application_credential_name string
 application_credential_secret string
 auth_version int
 auth_url string
 username string
 user_domain_name string
 user_domain_id string
 user_id string
 password string
 domain_id string
 domain_name string
 project_id string
 project_name string
 project_domain_id string
 project_domain_name string
 region_name string
 container_name string
 max_retries int
 connect_timeout duration
 request_timeout duration
 http #http
filesystem
 dir string
alibaba
 endpoint string
 bucket string
 access_key_id string
 access_key_secret string
bos
 bucket string
 endpoint string
 access_key string
 secret_key string
storage_prefix string
=tls_config
tls_cert_path string
tls_key_path string
tls_ca_path string
tls_server_name string
tls_insecure_skip_verify bool
tls_cipher_suites string
tls_min_version string
=tracing
=hidden
compactor_client any
dataobj_sort_order any
fetch_blocks_async any
http_prefix any
internal_server any
legacy_read_target any
max_lookback_days any
memory_management any
policy_override_limits any
remote_flush_deadline any
ruler_alertmanager_config any
=stream_retention
period days
priority int
selector string
=lifecycler
ring
 kvstore #kvstore
 heartbeat_timeout duration
 replication_factor int
 zone_awareness_enabled bool
 excluded_zones string
num_tokens int
heartbeat_period duration
heartbeat_timeout duration
observe_period duration
join_after duration
min_ready_duration duration
interface_names strings
enable_inet6 bool
final_sleep duration
tokens_file_path string
availability_zone string
unregister_on_shutdown bool
readiness_check_ring_health bool
address string
port int
id string
=kvstore
store string
prefix string
consul #consul
etcd #etcd
multi
 primary string
 secondary string
 mirror_enabled bool
 mirror_timeout duration
=http_client_config
basic_auth
 username string
 username_file string
 username_ref string
 password string
 password_file string
 password_ref string
authorization
 type string
 credentials string
 credentials_file string
 credentials_ref string
oauth2
 client_id string
 client_secret string
 client_secret_file string
 client_secret_ref string
 client_certificate_key_id string
 client_certificate_key string
 client_certificate_key_file string
 client_certificate_key_ref string
 grant_type string
 signature_algorithm string
 iss string
 audience string
 claims {any}
 scopes strings
 token_url string
 endpoint_params {string}
 tls_config #tls_config_2
 proxy_url
  url string
 no_proxy string
 proxy_from_environment bool
 proxy_connect_header {strings}
bearer_token string
bearer_token_file string
tls_config #tls_config_2
follow_redirects bool
enable_http2 bool
proxy_url
 url string
no_proxy string
proxy_from_environment bool
proxy_connect_header {strings}
http_headers
 * any
=write_scale
enabled bool
role_arn string
min_capacity int
max_capacity int
out_cooldown int
in_cooldown int
target float
=backoff_config
min_period duration
max_period duration
max_retries int
=ring
kvstore #kvstore
heartbeat_period duration
heartbeat_timeout duration
tokens_file_path string
zone_awareness_enabled bool
num_tokens int
replication_factor int
instance_id string
instance_interface_names strings
instance_port int
instance_addr string
instance_availability_zone string
instance_enable_ipv6 bool
=tls_config_2
ca string
cert string
key string
ca_file string
cert_file string
key_file string
ca_ref string
cert_ref string
key_ref string
server_name string
insecure_skip_verify bool
min_version int
max_version int
=index_tables_provisioning
enable_ondemand_throughput_mode bool
provisioned_write_throughput int
provisioned_read_throughput int
write_scale #write_scale
read_scale #write_scale
enable_inactive_throughput_on_demand_mode bool
inactive_write_throughput int
inactive_read_throughput int
inactive_write_scale #write_scale
inactive_read_scale #write_scale
inactive_write_scale_lastn int
inactive_read_scale_lastn int
=http
idle_conn_timeout duration
response_header_timeout duration
insecure_skip_verify bool
tls_handshake_timeout duration
expect_continue_timeout duration
max_idle_connections int
max_idle_connections_per_host int
max_connections_per_host int
tls_ca_path string
tls_cert_path string
tls_key_path string
tls_server_name string
=compactor_ring
kvstore #kvstore
heartbeat_period duration
heartbeat_timeout duration
tokens_file_path string
zone_awareness_enabled bool
instance_id string
instance_interface_names strings
instance_port int
instance_addr string
instance_availability_zone string
instance_enable_ipv6 bool
=http_tls_config
cert string
key string
client_ca string
cert_file string
key_file string
client_auth_type string
client_ca_file string
=hedging
at duration
up_to int
max_per_second int
=partition_ring
kvstore #kvstore
min_partition_owners_count int
min_partition_owners_duration duration
delete_inactive_partition_after duration
shuffle_shard_cache_size int
=client_config
grpc_client_config #grpc_client
pool_config
 client_cleanup_period duration
 health_check_ingest_limits bool
 remote_timeout duration
=sse
type string
kms_key_id string
kms_encryption_context string
`;
