/** The page at `/`. */
export function pageOf(version: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>ephtop exporter</title></head>
<body>
<h1>ephtop exporter ${version}</h1>
<p>Ephemeral TCP ports of this machine, for Prometheus.</p>
<ul>
<li><a href="metrics">metrics</a>, read from the kernel at each request</li>
<li><a href="healthz">health</a></li>
</ul>
</body>
</html>`;
}
