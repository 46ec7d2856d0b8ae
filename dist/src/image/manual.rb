# Makes man pages of AsciiDoc pages: manual.rb DATE FOLDER PAGE...
require 'asciidoctor'

date, folder, *pages = ARGV
pages.each do |page|
  Asciidoctor.convert_file page, backend: 'manpage', safe: :safe, to_dir: folder,
                                 attributes: { 'docdate' => date[0, 10] }
end
