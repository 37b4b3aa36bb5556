export interface ProxyConfig {
  readonly port: number;
  readonly upstreamPort: number;
  /** Connections to hold on each side. */
  readonly maxConnections: number;
  readonly folder: string;
}

/** HAProxy on one thread, upstream connections kept and shared, answers passed on at once. */
export function haproxyConfig(config: ProxyConfig): string {
  return `global
  nbthread 1
  maxconn ${config.maxConnections}
defaults
  mode http
  option http-no-delay
  http-reuse always
  timeout connect 5s
  timeout client 300s
  timeout server 300s
frontend public
  bind 127.0.0.1:${config.port}
  default_backend model
backend model
  server upstream 127.0.0.1:${config.upstreamPort} pool-max-conn ${config.maxConnections}
`;
}

/** nginx with one worker, upstream connections kept, no buffering of answers. */
export function nginxConfig(config: ProxyConfig): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `  ${kind}_temp_path ${config.folder}/nginx-${kind};`)
    .join("\n");
  // A worker of another user could not enter the bench's private folder.
  const user = process.getuid?.() === 0 ? "user root;\n" : "";
  return `${user}worker_processes 1;
daemon off;
pid ${config.folder}/nginx.pid;
error_log stderr error;
events { worker_connections ${config.maxConnections * 2 + 64}; }
http {
  access_log off;
  keepalive_requests 100000000;
  client_body_buffer_size 64k;
${temporary}
  upstream model {
    server 127.0.0.1:${config.upstreamPort};
    keepalive ${config.maxConnections};
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${config.port} backlog=4096;
    location / {
      proxy_pass http://model;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_buffer_size 32k;
      proxy_buffers 8 32k;
    }
  }
}
`;
}
