#!/bin/sh
# Submits a task, waits for its end, and downloads the video.
#
#   UNDERSTUDY_URL=http://127.0.0.1:8787 UNDERSTUDY_KEY=us_… sh examples/curl.sh PICTURE_URL CLIP_URL out.mp4
set -eu

url=${UNDERSTUDY_URL:-http://127.0.0.1:8787}
key=${UNDERSTUDY_KEY:?the key that the first start printed}
picture=${1:?the address of a picture}
clip=${2:?the address of a clip}
output=${3:-out.mp4}

# The value of one text field of an answer; a JSON tool does this better where there is one.
read_field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }

task=$(curl -sS --fail-with-body "$url/v1/videos/generations" \
  -H "Authorization: Bearer $key" -H "Content-Type: application/json" \
  -H "Idempotency-Key: $(date +%s)-$$" \
  -d "{\"model\":\"kling-v3-motion-control\",\"image_url\":\"$picture\",\"video_url\":\"$clip\",
       \"character_orientation\":\"image\",\"mode\":\"std\"}" | read_field task_id)
echo "task $task"

while :; do
  # Answers as soon as something changes, at the latest after 30 s.
  answer=$(curl -sS --fail-with-body "$url/v1/videos/$task?wait=30" -H "Authorization: Bearer $key")
  status=$(printf '%s' "$answer" | read_field status)
  echo "$status"
  case $status in
    completed) break ;;
    failed | cancelled) printf '%s\n' "$answer" >&2; exit 1 ;;
  esac
done

curl -sS --fail -o "$output" "$url/v1/videos/$task/content" -H "Authorization: Bearer $key"
echo "$output"
